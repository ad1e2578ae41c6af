"""One async function a tool: fetch, decide, act, follow, show."""
