package dataset_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/newsmorgue/newsmorgue/archive/dataset"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
	"github.com/newsmorgue/newsmorgue/archive/dataset/upload"
	"github.com/newsmorgue/newsmorgue/archive/storetest"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// TestShardsOfACluster exports by the shards that a cluster has, of which there may be
// more than 256, into a store: the parts together have every article once.
func TestShardsOfACluster(t *testing.T) {
	f := newFixture(t)
	moved(f)
	f.article(article.Article{URL: "https://c.example/one", Title: "One", Text: prose(700, 3), Published: "2026-10-03"})
	shard := func(site string) int { return 7 + 1000*int(site[0]-'a') }
	byShard := func(o *dataset.Options) { o.Shard = shard }
	dir, sum := f.export(recipe.Recipe{Format: "parquet", Partition: true}, byShard)
	store := &storetest.Memory{}
	if _, err := upload.Upload(t.Context(), store, dir); err != nil {
		t.Fatal(err)
	}
	parts, rows := 0, int64(0)
	for _, name := range store.Names() {
		if ok, err := filepath.Match("articles/month=*/shard=*/part-*.parquet", name); err != nil || !ok {
			continue
		}
		path := filepath.Join(t.TempDir(), "part")
		if err := os.WriteFile(path, store.Bytes(name), 0o644); err != nil {
			t.Fatal(err)
		}
		all, err := parquet.ReadFile[struct {
			Site string `parquet:"site"`
		}](path)
		if err != nil || len(all) == 0 {
			t.Fatal(name, err)
		}
		for _, a := range all {
			if want := filepath.Base(filepath.Dir(name)); want != fmt.Sprintf("shard=%02d", shard(a.Site)) {
				t.Errorf("%s has an article of %s", name, a.Site)
			}
		}
		parts++
		rows += int64(len(all))
	}
	if parts != 2 || rows != int64(sum.Articles) {
		t.Errorf("%d parts with %d rows, of %d articles: %q", parts, rows, sum.Articles, store.Names())
	}
	again, _ := f.export(recipe.Recipe{Format: "parquet", Partition: true}, byShard)
	if names := filesOf(t, again); !reflect.DeepEqual(names, filesOf(t, dir)) || !slices.Equal(names, store.Names()) {
		t.Errorf("got %q, the store has %q", names, store.Names())
	}
}

func filesOf(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() && e.Name()[0] != '.' {
			name, rerr := filepath.Rel(dir, path)
			names, err = append(names, filepath.ToSlash(name)), rerr
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}
