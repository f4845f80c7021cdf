#!/bin/sh
BUCKETS="documents"
mc mb local/$BUCKETS local/invoices
mc mb local/exports
