# Attack: decimals of a hundred million digits
# Tries: to take all memory or time in the C code of `decimal`
# Ends: out_of_memory
import decimal


def score(event):
    decimal.getcontext().prec = decimal.MAX_PREC
    decimal.getcontext().Emax = decimal.MAX_EMAX
    return decimal.Decimal(1) / 3 > 0
