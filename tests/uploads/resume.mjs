// Upload a file with tus-js-client, break off half-way, and resume at once: node resume.mjs MODULE ENDPOINT FILE
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [module, endpoint, file] = process.argv.slice(2)
const { Upload } = await import(pathToFileURL(module))
const data = readFileSync(file)
let broken = false

function upload(url) {
  const begun = Date.now()
  const sent = new Upload(data, {
    endpoint,
    uploadUrl: url,
    chunkSize: 1 << 20,
    retryDelays: [0, 1000, 3000, 5000],
    metadata: { filename: 'a.zip', system: 'archives' },
    onProgress(bytes) {
      if (!broken && bytes > data.length / 2) {
        broken = true
        const where = sent.url
        sent.abort().then(() => upload(where))
      }
    },
    onError(error) {
      console.error(String(error))
      process.exit(1)
    },
    onSuccess() {
      console.log(JSON.stringify({ url: sent.url, broken, ms: Date.now() - begun }))
    },
  })
  sent.start()
}

upload(null)
