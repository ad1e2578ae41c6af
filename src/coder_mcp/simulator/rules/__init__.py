"""What Coder does and refuses: functions over the records."""
