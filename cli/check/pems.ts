/** The certificates of a `caBundle`, each as PEM. */
export function pemsOf(bundle: string): readonly string[] {
  const text = Buffer.from(bundle, 'base64').toString()
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
}
