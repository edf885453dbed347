package mem_test

import (
	"testing"

	"holdfast/internal/host/mem"
	"holdfast/internal/host/plane"
	"holdfast/internal/host/plane/contract"
)

func TestPlaneContract(t *testing.T) {
	t.Parallel()
	contract.Run(t, func(*testing.T) *plane.Conn { return mem.NewPlane().Conn })
}
