"""What can be done to an invoice and around it: every write of this system is here.

- `beneficiaries`  the people a partner invoices for, and their decision numbers
- `drafts`         opening, saving, attaching, discarding
- `sending`        send, send again, withdraw: exactly once
- `deciding`       the office: open, accept, ask for a correction, refuse
- `payment`        the hand-over to the Centrale
"""
