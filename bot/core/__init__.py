"""The pure core: functions over frozen values. No clock, network, files, log or globals."""
