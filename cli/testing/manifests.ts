/** Manifests as users write them. */
export const MESH = `apiVersion: baton.dev/v1beta1
kind: SidecarSet
metadata:
  name: mesh
spec:
  selector:
    matchLabels:
      app: web
  containers:
    - name: proxy
      image: proxy:1
      command: [/proxy]
      upgradeStrategy:
        upgradeType: HotUpgrade
        handover: {}
`

export const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: app
          image: web:1
          lifecycle: { preStop: { sleep: { seconds: 10 } } }
`
