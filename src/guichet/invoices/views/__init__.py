"""Pages of the invoice counter.

- `counter`        the partner's lists, opening, the case
- `entry`          the form: typing, saving, checking, confirming, sending
- `attachments`    files of an invoice
- `beneficiaries`  the people a partner invoices for
- `desk`           the insurer's side
- `payment`        batches
- `receipts`       public verification
"""
