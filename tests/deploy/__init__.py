"""What `tests/deploy.sh` tries in the installed root."""
