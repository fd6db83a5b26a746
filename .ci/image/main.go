// Command image packs a static Linux binary as a container image: a tar of an
// OCI image layout (image-spec 1.1), which "podman load", "docker load" (25 or
// newer) and "skopeo copy oci-archive:FILE …" read. It needs no container
// engine, and equal input gives equal bytes.
//
//	go run ./.ci/image -arch amd64 -version 1.2.3 -time 1700000000 BINARY OUT.tar
//
// The image holds the binary, an empty /tmp and an empty /data, nothing else:
// the binary has its own root certificates.
package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

const (
	name = "newsmorgue"
	user = 65532 // no root; the number that images without a shell use
)

func main() {
	arch := flag.String("arch", "", "GOARCH of the binary")
	version := flag.String("version", "", "version, also the image's tag")
	seconds := flag.Int64("time", 0, "time of everything in the image, in Unix seconds")
	flag.Parse()
	if flag.NArg() != 2 || *arch == "" || *version == "" {
		fmt.Fprintln(os.Stderr, "usage: image -arch ARCH -version VERSION -time SECONDS BINARY OUT.tar")
		os.Exit(64)
	}
	if err := run(flag.Arg(0), flag.Arg(1), *arch, *version, time.Unix(*seconds, 0).UTC()); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func run(binary, out, arch, version string, when time.Time) error {
	program, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	layer, err := layerOf(program, when)
	if err != nil {
		return err
	}
	l := &layout{when: when}
	config := l.json("application/vnd.oci.image.config.v1+json", map[string]any{
		"created": when, "architecture": arch, "os": "linux",
		"config": map[string]any{
			"Entrypoint": []string{"/" + name}, "User": fmt.Sprintf("%d:%d", user, user), "WorkingDir": "/data",
			"Volumes": map[string]any{"/data": struct{}{}},
			"Labels":  map[string]string{"org.opencontainers.image.title": name, "org.opencontainers.image.version": version},
		},
		// The layer is not compressed, so its digest is the same here and in the manifest.
		"rootfs":  map[string]any{"type": "layers", "diff_ids": []string{digest(layer)}},
		"history": []map[string]any{{"created": when, "created_by": ".ci/release"}},
	})
	manifest := l.json("application/vnd.oci.image.manifest.v1+json", map[string]any{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
		"config": config,
		"layers": []descriptor{l.blob("application/vnd.oci.image.layer.v1.tar", layer)},
	})
	manifest.Platform = map[string]string{"architecture": arch, "os": "linux"}
	manifest.Annotations = map[string]string{
		"org.opencontainers.image.ref.name": version,
		"io.containerd.image.name":          name + ":" + version, // the name that "docker load" gives it
	}
	l.file("index.json", l.encode(map[string]any{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []descriptor{manifest},
	}))
	l.file("oci-layout", l.encode(map[string]string{"imageLayoutVersion": "1.0.0"}))
	return l.write(out)
}

// layerOf is the image's file system as a tar.
func layerOf(program []byte, when time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range []*tar.Header{
		{Typeflag: tar.TypeDir, Name: "data/", Mode: 0o755, Uid: user, Gid: user},
		{Typeflag: tar.TypeDir, Name: "tmp/", Mode: 0o1777},
		{Typeflag: tar.TypeReg, Name: name, Mode: 0o755, Size: int64(len(program))},
	} {
		h.ModTime, h.Format = when, tar.FormatUSTAR
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if h.Typeflag == tar.TypeReg {
			if _, err := w.Write(program); err != nil {
				return nil, err
			}
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

// descriptor points to a blob (image-spec, descriptor.md).
type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Platform    map[string]string `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// layout collects the files of an image layout.
type layout struct {
	when  time.Time
	files []file
	err   error // the first one
}

type file struct {
	name string
	data []byte
}

func (l *layout) file(name string, data []byte) { l.files = append(l.files, file{name, data}) }

func (l *layout) blob(mediaType string, data []byte) descriptor {
	d := digest(data)
	l.file("blobs/sha256/"+d[len("sha256:"):], data)
	return descriptor{MediaType: mediaType, Digest: d, Size: len(data)}
}

func (l *layout) json(mediaType string, v any) descriptor { return l.blob(mediaType, l.encode(v)) }

func (l *layout) write(out string) error {
	if l.err != nil {
		return l.err
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	w := tar.NewWriter(f)
	for _, name := range []string{"blobs/", "blobs/sha256/"} {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: 0o755, ModTime: l.when, Format: tar.FormatUSTAR}); err != nil {
			return err
		}
	}
	for _, one := range l.files {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: one.name, Mode: 0o644, Size: int64(len(one.data)), ModTime: l.when, Format: tar.FormatUSTAR}); err != nil {
			return err
		}
		if _, err := io.Copy(w, bytes.NewReader(one.data)); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.Close()
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// encode writes JSON; the keys of maps are sorted, so equal values give equal bytes.
func (l *layout) encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil && l.err == nil {
		l.err = err
	}
	return data
}
