/** What Helm says after an installation. */
export const NOTES = `Baton {{ .Chart.AppVersion }} runs in namespace {{ .Values.namespace.name }}.

  kubectl -n {{ .Values.namespace.name }} rollout status deployment/baton-operator deployment/baton-webhook

Say by a SidecarSet which pods get which sidecar: kubectl explain sidecarset.spec

To remove Baton: helm uninstall {{ .Release.Name }} --namespace {{ .Release.Namespace }}
Running pods keep the sidecars they have and go on serving. The SidecarSets, TrafficInterceptions
and IngressGateways stay too, until you delete their definitions:
  kubectl delete crd sidecarsets.baton.dev trafficinterceptions.baton.dev ingressgateways.baton.dev
`
