#include "textflag.h"

// A MOV to memory is a release store on amd64, and does not wait until the stores
// before it have reached the cache, as the XCHG of sync/atomic does.

// func storeRelease(p *uint64, v uint64)
TEXT ·storeRelease(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), AX
	MOVQ v+8(FP), BX
	MOVQ BX, (AX)
	RET
