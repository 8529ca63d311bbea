/**
 * What the label `sidecarset` means to people, as a template of Prometheus: `SidecarSet mesh`,
 * `IngressGateway shop/edge`. A gateway is rolled out as a set whose name tells it.
 */
export const SUBJECT =
  '{{ if match "^gateway\\\\." $labels.sidecarset }}IngressGateway ' +
  '{{ reReplaceAll "^gateway\\\\.([^.]+)\\\\.(.+)$" "$1/$2" $labels.sidecarset }}' +
  '{{ else }}SidecarSet {{ $labels.sidecarset }}{{ end }}'
