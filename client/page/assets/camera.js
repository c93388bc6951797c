// The camera: opened only when asked, watched while it runs, closed so that its light goes out.

const MOST_WIDTH = 640;
const MOST_HEIGHT = 360;
const QUALITY = 0.7;

const REASONS = {
  NotAllowedError: "denied", SecurityError: "denied",
  NotFoundError: "none", OverconstrainedError: "none",
  NotReadableError: "taken", AbortError: "taken", TrackStartError: "taken",
};

export function cameraIsPossible() {
  return window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia);
}

export class CameraMissing extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

export class Camera {
  onLost = () => {}; // called with a reason when it stops by itself
  onMuted = () => {}; // called with true and false
  #video;
  #canvas = document.createElement("canvas");
  #stream = null;
  #attempt = 0;
  #lastTime = -1;

  constructor(video) {
    this.#video = video;
  }

  get isOn() {
    return this.#stream !== null;
  }

  get deviceId() {
    return this.#stream?.getVideoTracks()[0]?.getSettings().deviceId ?? null;
  }

  /** Open it; return false when `stop` was called meanwhile. Throws `CameraMissing`. */
  async start(deviceId = null) {
    this.stop();
    const attempt = this.#attempt;
    if (!cameraIsPossible()) throw new CameraMissing("insecure");
    const stream = await openStream(deviceId);
    if (attempt !== this.#attempt) {
      stream.getTracks().forEach((track) => track.stop());
      return false;
    }
    this.#stream = stream;
    const [track] = stream.getVideoTracks();
    track.addEventListener("ended", () => {
      if (this.#stream !== stream) return;
      this.stop();
      this.onLost("lost");
    });
    for (const event of ["mute", "unmute"]) {
      track.addEventListener(event, () => {
        if (this.#stream === stream) this.onMuted(track.muted);
      });
    }
    this.#video.srcObject = stream;
    await this.#video.play().catch(() => {}); // autoplay; Safari wants it said
    return attempt === this.#attempt;
  }

  stop() {
    this.#attempt += 1;
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#video.srcObject = null;
    this.#lastTime = -1;
  }

  /**
   * Take a picture: {blob, width, height}, at most 640x360 and never distorted.
   *
   * Null where there is none, or none newer than the last: an old face is not sent again.
   */
  async take() {
    const { videoWidth, videoHeight, readyState, currentTime } = this.#video;
    const track = this.#stream?.getVideoTracks()[0];
    if (!track || track.muted || readyState < 2 || !videoWidth) return null;
    if (currentTime === this.#lastTime) return null;
    this.#lastTime = currentTime;
    const scale = Math.min(MOST_WIDTH / videoWidth, MOST_HEIGHT / videoHeight, 1);
    const width = Math.max(Math.round(videoWidth * scale), 1);
    const height = Math.max(Math.round(videoHeight * scale), 1);
    Object.assign(this.#canvas, { width, height });
    this.#canvas.getContext("2d", { alpha: false }).drawImage(this.#video, 0, 0, width, height);
    const blob = await new Promise((give) => this.#canvas.toBlob(give, "image/jpeg", QUALITY));
    return blob && this.#stream ? { blob, width, height } : null;
  }
}

async function openStream(deviceId) {
  const video = {
    width: { ideal: MOST_WIDTH }, height: { ideal: MOST_HEIGHT }, frameRate: { ideal: 15, max: 30 },
  };
  if (deviceId) video.deviceId = { exact: deviceId };
  else video.facingMode = "user";
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio: false });
  } catch (error) {
    throw new CameraMissing(REASONS[error.name] ?? "taken");
  }
}

/** Return the cameras there are: [{id, name}]; names are empty before the first permission. */
export async function listCameras() {
  try {
    const all = await navigator.mediaDevices.enumerateDevices();
    return all.filter((d) => d.kind === "videoinput").map((d) => ({ id: d.deviceId, name: d.label }));
  } catch {
    return [];
  }
}
