// What an application does with the AWS SDK for Go v2. The settings are in the environment: with PLAIN, the client is as the
// SDK makes it, otherwise as docs/operations.md does. Prints one line for each step.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
)

func must(step string, err error) {
	if err != nil {
		fmt.Println(step, "failed:", err)
		os.Exit(1)
	}
	fmt.Println(step)
}

func plainClient(cfg aws.Config) *s3.Client {
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.BaseEndpoint = aws.String(os.Getenv("ENDPOINT"))
		o.Region = "us-east-1"
		o.UsePathStyle = true
	})
}

func documentedClient(cfg aws.Config) *s3.Client {
	// The snippet of docs/operations.md comes here.
	return client
}

func main() {
	ctx, bucket := context.Background(), aws.String(os.Getenv("BUCKET"))
	cfg, err := config.LoadDefaultConfig(ctx)
	must("settings", err)
	client := documentedClient(cfg)
	if os.Getenv("PLAIN") != "" {
		client = plainClient(cfg)
	}
	_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("aws/a b.txt"), Body: strings.NewReader("text")})
	must("put", err)
	got, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("aws/a b.txt")})
	must("get", err)
	text, err := io.ReadAll(got.Body)
	if err == nil && string(text) != "text" {
		err = fmt.Errorf("%q", text)
	}
	must("same text", err)
	_, err = client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("aws/a b.txt")})
	must("head", err)
	large := aws.String("aws/large")
	upload, err := client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: large})
	must("start parts", err)
	parts := []types.CompletedPart{}
	for number := int32(1); number <= 2; number++ {
		body := bytes.NewReader(bytes.Repeat([]byte("0123456789abcdef"), 5<<16))
		part, err := client.UploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: large, UploadId: upload.UploadId, PartNumber: aws.Int32(number), Body: body})
		must("part", err)
		parts = append(parts, types.CompletedPart{ETag: part.ETag, PartNumber: aws.Int32(number)})
	}
	_, err = client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: bucket, Key: large, UploadId: upload.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts}})
	must("complete parts", err)
	_, err = client.CopyObject(ctx, &s3.CopyObjectInput{Bucket: bucket, Key: aws.String("aws/copy"), CopySource: aws.String(*bucket + "/aws/large")})
	must("copy", err)
	signed, err := s3.NewPresignClient(client).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("aws/copy")}, s3.WithPresignExpires(time.Minute))
	must("presign", err)
	answer, err := http.Get(signed.URL)
	if err == nil && (answer.StatusCode != 200 || answer.ContentLength != 10<<20) {
		err = fmt.Errorf("%d, %d bytes", answer.StatusCode, answer.ContentLength)
	}
	must("download", err)
	list, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket, Prefix: aws.String("aws/")})
	must("list", err)
	for _, object := range list.Contents {
		_, err = client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: object.Key})
		must("delete "+*object.Key, err)
	}
}
