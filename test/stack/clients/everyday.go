// What an application does with minio-go. The settings are in the environment. Prints one line for each step.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/tags"
)

func must(step string, err error) {
	if err != nil {
		fmt.Println(step, "failed:", err)
		os.Exit(1)
	}
	fmt.Println(step)
}

func main() {
	ctx, bucket := context.Background(), os.Getenv("BUCKET")
	keys := credentials.NewStaticV4(os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), "")
	client, err := minio.New(os.Getenv("HOST"), &minio.Options{Creds: keys, Secure: true})
	must("new", err)
	// As many programs start: the bucket is there already.
	if err = client.MakeBucket(ctx, bucket, minio.MakeBucketOptions{}); minio.ToErrorResponse(err).Code == "BucketAlreadyOwnedByYou" {
		err = nil
	}
	must("make bucket", err)
	there, err := client.BucketExists(ctx, bucket)
	if err == nil && !there {
		err = fmt.Errorf("no bucket")
	}
	must("bucket exists", err)
	body := bytes.Repeat([]byte("0123456789abcdef"), 1<<20)
	put := minio.PutObjectOptions{PartSize: 5 << 20, UserTags: map[string]string{"a": "b"}, UserMetadata: map[string]string{"Owner": "me"}}
	_, err = client.PutObject(ctx, bucket, "go/large", bytes.NewReader(body), int64(len(body)), put)
	must("put in parts", err)
	object, err := client.GetObject(ctx, bucket, "go/large", minio.GetObjectOptions{})
	must("get", err)
	back, err := io.ReadAll(object)
	if err == nil && !bytes.Equal(back, body) {
		err = fmt.Errorf("other bytes")
	}
	must("same bytes", err)
	information, err := client.StatObject(ctx, bucket, "go/large", minio.StatObjectOptions{})
	if err == nil && information.UserMetadata["Owner"] != "me" {
		err = fmt.Errorf("%v", information.UserMetadata)
	}
	must("stat", err)
	set, err := client.GetObjectTagging(ctx, bucket, "go/large", minio.GetObjectTaggingOptions{})
	if err == nil && set.ToMap()["a"] != "b" {
		err = fmt.Errorf("%v", set)
	}
	must("tags", err)
	more, _ := tags.MapToObjectTags(map[string]string{"c": "d"})
	must("put tags", client.PutObjectTagging(ctx, bucket, "go/large", more, minio.PutObjectTaggingOptions{}))
	_, err = client.CopyObject(ctx, minio.CopyDestOptions{Bucket: bucket, Object: "go/copy"}, minio.CopySrcOptions{Bucket: bucket, Object: "go/large"})
	must("copy", err)
	url, err := client.PresignedGetObject(ctx, bucket, "go/copy", time.Minute, nil)
	must("presign", err)
	answer, err := http.Get(url.String())
	if err == nil && answer.StatusCode != 200 {
		err = fmt.Errorf("%d", answer.StatusCode)
	}
	must("download", err)
	for entry := range client.ListObjects(ctx, bucket, minio.ListObjectsOptions{Prefix: "go/", Recursive: true}) {
		must("remove "+entry.Key, client.RemoveObject(ctx, bucket, entry.Key, minio.RemoveObjectOptions{}))
	}
}
