package storetest

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
)

func TestMemory(t *testing.T) {
	Run(t, func(*testing.T) archive.Store { return &Memory{} })
}
