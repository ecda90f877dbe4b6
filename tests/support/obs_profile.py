"""What an OBS of the tests is set to, and the files in which OBS keeps that."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NAME = "Test"
WIDTH, HEIGHT, FPS = 640, 360, 10
VIDEO_KBPS, AUDIO_KBPS = 800, 128
COLOUR = (0x33, 0x77, 0x55)  # of its one scene


@dataclass(frozen=True)
class Profile:
    """`x264` are further settings of the encoder. With `keyframes_s` the output is in Advanced mode, where OBS has this
    field, else in Simple mode. The scene shows a colour, or plays `film` again and again.
    """

    width: int = WIDTH
    height: int = HEIGHT
    fps: int = FPS
    video_kbps: int = VIDEO_KBPS
    preset: str = "ultrafast"
    x264: str = ""
    keyframes_s: int | None = None
    film: Path | None = None

    def write(self, home: Path, service: Mapping[str, object], control: Mapping[str, str]) -> None:
        """Into a home folder without any: the settings, where to stream to, and who may press its buttons."""
        config = home / ".config" / "obs-studio"
        profile = config / "basic" / "profiles" / NAME
        scenes = config / "basic" / "scenes"
        for folder in (profile, scenes, home / "run"):
            folder.mkdir(parents=True, mode=0o700)
        _write_ini(config / "global.ini", _program(control))
        _write_ini(profile / "basic.ini", self._basic())
        (profile / "service.json").write_text(json.dumps({"type": "rtmp_custom", "settings": service}))
        if self.keyframes_s is not None:
            (profile / "streamEncoder.json").write_text(json.dumps(self._advanced_encoder()))
        (scenes / f"{NAME}.json").write_text(json.dumps(self._scenes()))

    def _basic(self) -> dict[str, dict[str, str]]:
        size = {
            f"{kind}C{axis}": str(n) for kind in ("Base", "Output") for axis, n in zip("XY", self._size, strict=True)
        }
        mode = "Simple" if self.keyframes_s is None else "Advanced"
        return {
            "General": {"Name": NAME},
            "Output": {"Mode": mode, "Reconnect": "true", "RetryDelay": "2", "MaxRetries": "25"},
            "SimpleOutput": {"StreamEncoder": "x264", "VBitrate": str(self.video_kbps), "ABitrate": str(AUDIO_KBPS)}
            | {"Preset": self.preset, "UseAdvanced": "true", "x264Settings": self.x264},
            "AdvOut": {"Encoder": "obs_x264", "TrackIndex": "1", "Track1Bitrate": str(AUDIO_KBPS)},
            "Video": size | {"FPSType": "0", "FPSCommon": str(self.fps)},
            "Audio": {"SampleRate": "48000", "ChannelSetup": "Stereo"},
        }

    def _advanced_encoder(self) -> dict[str, object]:
        rate = {"rate_control": "CBR", "bitrate": self.video_kbps, "keyint_sec": self.keyframes_s}
        return rate | {"preset": self.preset, "profile": "high", "x264opts": self.x264}

    def _scenes(self) -> dict[str, object]:
        items = [{"id": 1, "name": "Picture", "visible": True}]
        scene = {"id": "scene", "name": "Scene", "settings": {"id_counter": 1, "items": items}}
        return {
            "name": NAME,
            "current_scene": "Scene",
            "current_program_scene": "Scene",
            "scene_order": [{"name": "Scene"}],
            "sources": [scene, {"name": "Picture"} | self._picture()],
        }

    def _picture(self) -> dict[str, object]:
        if self.film is not None:
            film = {"local_file": str(self.film), "is_local_file": True, "looping": True, "hw_decode": False}
            return {"id": "ffmpeg_source", "versioned_id": "ffmpeg_source", "settings": film, "mixers": 0xFF}
        red, green, blue = COLOUR
        colour = {"color": 0xFF << 24 | blue << 16 | green << 8 | red, "width": self.width, "height": self.height}
        return {"id": "color_source", "versioned_id": "color_source_v3", "settings": colour}

    @property
    def _size(self) -> tuple[int, int]:
        return self.width, self.height


def _program(control: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    old_defaults = {f"Pre{version}Defaults": "false" for version in ("19", "20", "21", "23", "24.1")}
    return {
        "General": {"FirstRun": "true", "LastVersion": "486539266", "InfoIncrement": "100"}
        | {"EnableAutoUpdates": "false"}
        | old_defaults,
        "Basic": {"Profile": NAME, "ProfileDir": NAME, "SceneCollection": NAME, "SceneCollectionFile": NAME},
        "BasicWindow": {"SysTrayEnabled": "false", "WarnBeforeStartingStream": "false"},
        "OBSWebSocket": {"FirstLoad": "false", "ServerEnabled": "true", "AlertsEnabled": "false"}
        | {"AuthRequired": "true", **control},
    }


def _write_ini(path: Path, sections: Mapping[str, Mapping[str, str]]) -> None:
    lines = [
        line
        for section, values in sections.items()
        for line in (f"[{section}]", *(f"{name}={value}" for name, value in values.items()))
    ]
    path.write_text("\n".join(lines) + "\n")
