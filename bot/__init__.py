"""capebot: triage of CBP CAPE (IEEPA refund) messages for customs brokerages."""

__version__ = "0.1.0"
