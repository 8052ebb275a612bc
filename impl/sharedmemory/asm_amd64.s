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

// func putItem(slot *uint64, item *byte, n int, word uint64, index *uint64, next uint64, ahead *uint64)
//
// It loads 8 bytes at a time: a caller that has just written a number into the
// item has it in the store buffer, from where a wider load could not be
// forwarded, and would wait for all earlier stores.
TEXT ·putItem(SB), NOSPLIT, $0-56
	MOVQ ahead+48(FP), AX
	BYTE $0x0F; BYTE $0x0D; BYTE $0x08 // PREFETCHW (AX)
	MOVQ slot+0(FP), R8
	MOVQ item+8(FP), SI
	MOVQ n+16(FP), CX
	LEAQ 8(R8), DI
	SUBQ $16, CX
	JB   rest

pairs:
	MOVQ   (SI), X0
	MOVHPS 8(SI), X0
	MOVUPS X0, (DI)
	ADDQ   $16, SI
	ADDQ   $16, DI
	SUBQ   $16, CX
	JAE    pairs

rest:
	TESTQ $8, CX
	JZ    odd
	MOVQ  (SI), AX
	MOVQ  AX, (DI)
	ADDQ  $8, SI
	ADDQ  $8, DI

odd:
	ANDQ $7, CX
	JZ   commit

bytes:
	MOVB (SI), AX
	MOVB AX, (DI)
	INCQ SI
	INCQ DI
	DECQ CX
	JNZ  bytes

commit:
	MOVQ word+24(FP), AX
	MOVQ index+32(FP), BX
	MOVQ next+40(FP), DX
	MOVQ AX, (R8)
	MOVQ DX, (BX)
	RET

// func pause(n uint32)
TEXT ·pause(SB), NOSPLIT, $0-4
	MOVL n+0(FP), AX
again:
	PAUSE
	SUBL $1, AX
	JNZ  again
	RET
