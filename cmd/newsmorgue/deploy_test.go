package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock/pgtest"
)

// readDeploy reads a file of the folder deploy.
func readDeploy(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("deploy", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDeployGrants makes a cluster as the owner of the tables, and runs a machine and the
// commands with the least rights.
func TestDeployGrants(t *testing.T) {
	t.Parallel()
	srv := pgtest.Start(t)
	srv.Need(t) // roles are those of the whole server
	as := func(role string) string {
		u, err := url.Parse(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword(role, role+"-pw")
		return u.String()
	}
	srv.Exec(t, readDeploy(t, "postgres/roles.sql"))
	for _, role := range []string{"newsmorgue_owner", "newsmorgue", "newsmorgue_reader"} {
		srv.Exec(t, "ALTER ROLE "+role+" PASSWORD '"+role+"-pw'")
	}
	store := filepath.Join(t.TempDir(), "share")
	sh := func(want int, role string, args ...string) string {
		t.Helper()
		out, errs := shell(t, want, append(args, "-a", store, "--database", as(role))...)
		return out + errs
	}
	contains(t, sh(exitFailed, "newsmorgue", "cluster", "init", "--shards", "2"), "permission denied", "hint: ")
	// The store has its cluster.json by now, and so its shards are free after a silence only.
	store = filepath.Join(t.TempDir(), "share")
	contains(t, sh(exitDone, "newsmorgue_owner", "cluster", "init", "--shards", "2"), "created: 2 shards")
	if err := pgtest.Exec(as("newsmorgue_owner"), readDeploy(t, "postgres/grants.sql")); err != nil {
		t.Fatal(err)
	}

	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte("<title>Harbour</title><p>The ferry is late."))
	}))
	defer site.Close()
	shell(t, exitDone, "schedule", "add", site.URL, "--every", "1h", "-a", store)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan string, 1)
	go func() {
		var out bytes.Buffer
		run(ctx, []string{"watch", "-a", store, "--database", as("newsmorgue"), "--dir", filepath.Join(t.TempDir(), "m1"), "--machine", "m1"}, strings.NewReader(""), &out, &out)
		ended <- out.String()
	}()
	for begun := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		clocks := pgtest.Exec(srv.URL, "SELECT 1/count(*) FROM newsmorgue_clock WHERE key <> ''") == nil
		if clocks && strings.Contains(sh(exitDone, "newsmorgue_reader", "cluster", "status"), "2 of 2 shards held") {
			break
		}
		select {
		case text := <-ended:
			t.Fatalf("the machine has ended:\n%s", text)
		default:
		}
		if time.Since(begun) > 2*time.Minute {
			stop()
			t.Fatalf("the machine does not work:\n%s", <-ended)
		}
	}
	contains(t, sh(exitDone, "newsmorgue", "cluster", "drain", "m1"), "m1: drained")
	contains(t, sh(exitDone, "newsmorgue", "cluster", "drain", "m1", "--undo"), "takes its share again")
	stop()
	if text := <-ended; strings.Contains(text, "ermission denied") {
		t.Errorf("the machine lacks a right:\n%s", text)
	}
	contains(t, sh(exitDone, "newsmorgue", "cluster", "forget", "m1"), "forgotten")
	contains(t, sh(exitFailed, "newsmorgue_reader", "cluster", "drain", "m1"), "permission denied")

	// What the machines have not.
	for _, statement := range []string{
		"DELETE FROM newsmorgue_clock", "DELETE FROM newsmorgue_shard", "UPDATE newsmorgue_cluster SET shards = 9",
		"INSERT INTO newsmorgue_shard (shard, until) VALUES (9, now())", "DROP TABLE newsmorgue_clock", "TRUNCATE newsmorgue_machine", "CREATE TABLE x (y int)",
	} {
		if err := pgtest.Exec(as("newsmorgue"), statement); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("as newsmorgue: %s: %v; want that permission is denied", statement, err)
		}
	}
	if err := pgtest.Exec(as("newsmorgue_reader"), "SELECT * FROM newsmorgue_clock"); err == nil {
		t.Error("the reader reads the clocks")
	}
}

// TestDeployPolicies: the policies of the bucket are JSON, and nobody may remove a segment.
func TestDeployPolicies(t *testing.T) {
	for name, want := range map[string][]string{
		"machine": {"s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"},
		"reader":  {"s3:GetObject", "s3:ListBucket"},
	} {
		var policy struct {
			Version   string
			Statement []struct {
				Sid, Effect      string
				Action, Resource any // a string, or several
				Condition        map[string]map[string]string
			}
		}
		dec := json.NewDecoder(strings.NewReader(readDeploy(t, "s3/"+name+"-policy.json")))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&policy); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var actions []string
		for _, s := range policy.Statement {
			actions = append(actions, texts(s.Action)...)
			for _, r := range texts(s.Resource) {
				if !strings.HasPrefix(r, "arn:aws:s3:::BUCKET") || s.Effect != "Allow" {
					t.Errorf("%s: %s %s", name, s.Effect, r)
				}
				if slices.Contains(texts(s.Action), "s3:DeleteObject") && !regexp.MustCompile(`/(probe|journals|snapshots)/\*$`).MatchString(r) {
					t.Errorf("%s may remove %s", name, r)
				}
			}
		}
		if slices.Sort(actions); !slices.Equal(actions, want) {
			t.Errorf("%s: %q; want %q", name, actions, want)
		}
	}
}

// texts is a value of JSON that is a string or an array of strings.
func texts(v any) (all []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, e := range v {
			all = append(all, texts(e)...)
		}
	}
	return all
}

// TestDeployCommands: the units and compose.yaml call commands with flags that exist.
func TestDeployCommands(t *testing.T) {
	var commands [][]string
	units, err := filepath.Glob("deploy/systemd/*.service")
	if err != nil || len(units) == 0 {
		t.Fatalf("no units: %v", err)
	}
	for _, unit := range units {
		text := readDeploy(t, "systemd/"+filepath.Base(unit))
		m := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/newsmorgue (.+)$`).FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("%s starts nothing", unit)
		}
		commands = append(commands, strings.Fields(m[1]))
	}
	var compose struct {
		Services map[string]struct {
			Image   string
			Command []string
			Secrets []string
			Depends map[string]any `yaml:"depends_on"`
		}
		Secrets map[string]any
	}
	if err := yaml.Unmarshal([]byte(readDeploy(t, "compose.yaml")), &compose); err != nil {
		t.Fatal(err)
	}
	machines := 0
	for name, s := range compose.Services {
		if strings.HasPrefix(s.Image, "newsmorgue:") {
			commands = append(commands, s.Command)
		}
		if slices.Contains(s.Command, "watch") {
			machines++
		}
		for _, secret := range s.Secrets {
			if _, ok := compose.Secrets[secret]; !ok {
				t.Errorf("%s: there is no secret %s", name, secret)
			}
		}
		for other := range s.Depends {
			if _, ok := compose.Services[other]; !ok {
				t.Errorf("%s: there is no service %s", name, other)
			}
		}
	}
	if machines != 3 {
		t.Errorf("compose.yaml has %d machines", machines)
	}
	for _, c := range commands {
		var names, flags []string
		for _, word := range c {
			switch {
			case strings.HasPrefix(word, "-"):
				flags = append(flags, word)
			case len(flags) == 0:
				names = append(names, word)
			}
		}
		help, _ := shell(t, exitDone, append(names, "--help")...)
		for _, f := range flags {
			if !regexp.MustCompile(`(?m)^ +(-\w, )?` + regexp.QuoteMeta(f) + `\b|^ +` + regexp.QuoteMeta(f) + `, `).MatchString(help) {
				t.Errorf("newsmorgue %s has no flag %s", strings.Join(names, " "), f)
			}
		}
	}
}
