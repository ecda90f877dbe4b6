// Reads the clock in a video's picture (clock.py): each frame's delay in ms goes to `delays`, the first one's time since
// navigation to `firstFrame`, and what could not be read is counted.
function readClock({ width, height, block, timeBits, checkBits }) {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const table = Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1
    return n >>> 0
  })
  const crc = bytes => (bytes.reduce((sum, byte) => table[(sum ^ byte) & 255] ^ (sum >>> 8), 0xffffffff) ^ -1) >>> 0
  window.delays = []
  window.unread = 0
  window.firstFrame = null
  const watch = video => {
    const look = () => {
      const now = Date.now()
      window.firstFrame ??= performance.now()
      context.drawImage(video, 0, 0, canvas.width, canvas.height)
      const bits = (row, count) => {
        const { data } = context.getImageData(0, row * block + block / 2, canvas.width, 1)
        let value = 0
        for (let n = 0; n < count; n++) value = value * 2 + (data[4 * (n * block + block / 2)] > 127 ? 1 : 0)
        return value
      }
      const made = bits(0, timeBits)
      const check = bits(1, checkBits)
      const bytes = [24, 16, 8, 0].map(shift => Math.floor(made / 2 ** shift) & 255)
      if (check === (crc(bytes) & 255)) window.delays.push((now % 2 ** 32) - made)
      else window.unread++
      video.requestVideoFrameCallback(look)
    }
    video.requestVideoFrameCallback(look)
  }
  const find = () => {
    const video = document.querySelector('video')
    if (video) watch(video)
    else setTimeout(find, 10)
  }
  find()
}
