#include "textflag.h"

// nothing is a handler of signals that only returns.
TEXT ·nothing(SB), NOSPLIT|NOFRAME, $0
	RET

DATA ·nothingAddress(SB)/8, $·nothing(SB)
GLOBL ·nothingAddress(SB), RODATA|NOPTR, $8
