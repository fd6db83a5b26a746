package archive

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"testing"
)

// TestInclusionEverywhere proves each leaf of each tree of 1 to 70 leaves, and checks
// that no other leaf, place, size or path of the same tree is proved.
func TestInclusionEverywhere(t *testing.T) {
	var leaves []leaf
	for n := 1; n <= 70; n++ {
		leaves = append(leaves, leafOf(binary.BigEndian.AppendUint16(nil, uint16(n))))
		root := treeRoot(leaves)
		for i := range leaves {
			path := inclusionPath(leaves, i)
			if !included(leaves[i], uint64(i), uint64(n), path, root) {
				t.Fatalf("leaf %d of %d is not proved", i, n)
			}
			if n > 1 && included(leaves[(i+1)%n], uint64(i), uint64(n), path, root) {
				t.Errorf("leaf %d of %d: another leaf is proved", i, n)
			}
			if included(leaves[i], uint64(n), uint64(n), path, root) {
				t.Errorf("leaf %d of %d is proved behind the last one", i, n)
			}
			if included(leaves[i], uint64(i), uint64(n), append(slices.Clone(path), leaves[i]), root) {
				t.Errorf("leaf %d of %d: a longer path is accepted", i, n)
			}
			if n > 1 && included(leaves[i], uint64(i), uint64(n), path[:len(path)-1], root) {
				t.Errorf("leaf %d of %d: a shorter path is accepted", i, n)
			}
			for j := range path {
				wrong := slices.Clone(path)
				wrong[j][7] ^= 1
				if included(leaves[i], uint64(i), uint64(n), wrong, root) {
					t.Errorf("leaf %d of %d: a path with another hash %d is accepted", i, n, j)
				}
			}
		}
	}
	if included(leaf{}, 0, 0, nil, treeRoot(nil)) {
		t.Error("an empty tree has a leaf")
	}
}

// TestInclusionVectors compares with the tree of eight inputs by which implementations
// of Certificate Transparency (RFC 6962, RFC 9162: the same tree) are tested.
func TestInclusionVectors(t *testing.T) {
	var leaves []leaf
	for _, input := range []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"} {
		b, err := hex.DecodeString(input)
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, leafOf(b))
	}
	roots := []string{
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	for i, want := range roots {
		if got := treeRoot(leaves[:i+1]).String(); got != "sha256:"+want {
			t.Errorf("root of %d leaves: got %s, want %s", i+1, got, want)
		}
	}
	for _, test := range []struct {
		index, size int
		path        []string
	}{
		{0, 1, nil},
		{0, 8, []string{
			"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
		}},
		{5, 8, []string{
			"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
			"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
			"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		}},
		{2, 3, []string{"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
		{1, 5, []string{
			"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
		}},
	} {
		var got []string
		for _, l := range inclusionPath(leaves[:test.size], test.index) {
			got = append(got, hex.EncodeToString(l[:]))
		}
		if !slices.Equal(got, test.path) {
			t.Errorf("path of leaf %d of %d: got %v, want %v", test.index, test.size, got, test.path)
		}
	}
}
