// What two independent readers make of our HLS: hls-parser of the playlists, mp4box of the media. JSON on stdout.
//   node read_hls.mjs <folder> <playlist> ...
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";
import { createFile } from "mp4box";

const HLS = createRequire(import.meta.url)("hls-parser");
HLS.setOptions({ strictMode: true });
const [folder, ...names] = process.argv.slice(2);

function playlist(name) {
  const parsed = HLS.parse(readFileSync(join(folder, name), "utf8"));
  if (parsed.isMasterPlaylist) {
    return { variants: parsed.variants.map(({ uri, bandwidth, codecs, resolution, frameRate }) => ({ uri, bandwidth, codecs, resolution, frameRate })) };
  }
  return {
    targetDuration: parsed.targetDuration,
    partTarget: parsed.partTargetDuration,
    mediaSequence: parsed.mediaSequenceBase,
    discontinuitySequence: parsed.discontinuitySequenceBase,
    skipped: parsed.skip,
    control: parsed.lowLatencyCompatibility,
    type: parsed.playlistType,
    ended: parsed.endlist,
    hints: parsed.prefetchSegments?.length ?? 0,
    segments: parsed.segments.map((segment) => ({
      uri: segment.uri,
      duration: segment.duration,
      discontinuity: segment.discontinuity,
      init: segment.map?.uri,
      at: segment.programDateTime?.getTime(),
      parts: segment.parts.map((part) => ({ uri: part.uri, duration: part.duration, independent: part.independent, hint: part.hint })),
    })),
  };
}

function tracks(segments) {
  // A file of each init segment and what follows it.
  const files = [];
  for (const segment of segments) {
    if (!segment.uri) continue;
    if (files.at(-1)?.init !== segment.init) files.push({ init: segment.init, uris: [] });
    files.at(-1).uris.push(segment.uri);
  }
  return files.map(({ init, uris }) => {
    const file = createFile();
    let info;
    file.onReady = (found) => { info = found; };
    file.onError = (module, message) => { throw new Error(`${module}: ${message}`); };
    let at = 0;
    for (const uri of [init, ...uris]) {
      const bytes = readFileSync(join(folder, uri));
      const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
      buffer.fileStart = at;
      at += buffer.byteLength;
      file.appendBuffer(buffer);
    }
    file.flush();
    return info.tracks.map((track) => ({
      codec: track.codec,
      timescale: track.timescale,
      width: track.video?.width,
      samples: file.getTrackById(track.id).samples.map((sample) => [sample.dts, sample.duration, sample.is_sync]),
    }));
  });
}

const playlists = Object.fromEntries(names.map((name) => [name, playlist(name)]));
const media = names.map((name) => playlists[name]).find((each) => each.segments);
process.stdout.write(JSON.stringify({ playlists, tracks: media ? tracks(media.segments) : [] }));
