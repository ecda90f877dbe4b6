// Publishes H.264 with gortmplib, the RTMP library of MediaMTX: gortmplib <url> <key> <SPS, hex> <PPS, hex> <seconds>
package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/bluenviron/gortmplib"
	"github.com/bluenviron/gortmplib/pkg/codecs"
)

func main() {
	if err := publish(os.Args[1:]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func publish(args []string) error {
	address, err := url.Parse(args[0] + "#" + args[1])
	if err != nil {
		return err
	}
	sps, _ := hex.DecodeString(args[2])
	pps, _ := hex.DecodeString(args[3])
	seconds, err := strconv.ParseFloat(args[4], 64)
	if err != nil {
		return err
	}
	client := &gortmplib.Client{URL: address, Publish: true}
	if err = client.Initialize(context.Background()); err != nil {
		return err
	}
	defer client.Close()
	track := &gortmplib.Track{Codec: &codecs.H264{SPS: sps, PPS: pps}}
	writer := &gortmplib.Writer{Conn: client, Tracks: []*gortmplib.Track{track}}
	if err = writer.Initialize(); err != nil {
		return err
	}
	fmt.Println("publishing")
	frame := make([]byte, 2000)
	for at := time.Duration(0); at.Seconds() < seconds; at += 40 * time.Millisecond {
		frame[0] = 0x41
		if at%time.Second == 0 {
			frame[0] = 0x65
		}
		if err = writer.WriteH264(track, at, at, [][]byte{frame}); err != nil {
			return err
		}
		time.Sleep(40 * time.Millisecond)
	}
	return nil
}
