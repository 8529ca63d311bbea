import { decodeJson, record, string } from '../../../api/decode.ts'
import { annotations } from '../../../api/group.ts'

const slots = record(string)

/** The slot in use by hot container, as the pod records it. An unreadable annotation counts as none. */
export function parseWorkingSlots(
  present: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const text = present?.[annotations.workingHotUpgradeContainer]
  if (text === undefined) return {}
  try {
    return decodeJson(slots, text, annotations.workingHotUpgradeContainer)
  } catch {
    return {}
  }
}
