//go:build !purego

#include "textflag.h"

// A MOV to memory is a release store on amd64: it is not reordered with
// earlier loads and stores. XCHG, which sync/atomic uses, also waits until all
// stores before it have reached the cache; that wait costs more than putting a
// small item.

// func storeRelease(p *uint64, v uint64)
TEXT ·storeRelease(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), AX
	MOVQ v+8(FP), BX
	MOVQ BX, (AX)
	RET

// func publish(commit *uint64, word uint64, index *uint64, next uint64)
TEXT ·publish(SB), NOSPLIT, $0-32
	MOVQ commit+0(FP), AX
	MOVQ word+8(FP), BX
	MOVQ index+16(FP), CX
	MOVQ next+24(FP), DX
	MOVQ BX, (AX)
	MOVQ DX, (CX)
	RET

// func pause(n uint32)
TEXT ·pause(SB), NOSPLIT, $0-4
	MOVL n+0(FP), AX
again:
	PAUSE
	SUBL $1, AX
	JNZ  again
	RET
