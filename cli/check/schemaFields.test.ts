import { expect } from 'chai'
import { schemaFields } from './schemaFields.ts'

describe('the fields of a schema', () => {
  const image = { type: 'string', description: 'An image.', pattern: '.+' }
  const containers = { type: 'array', items: { type: 'object', properties: { image } } }
  const labels = { type: 'object', additionalProperties: { type: 'string' } }
  const schema = { type: 'object', properties: { containers, labels } }

  it('are its paths with their types', () => {
    expect(schemaFields(schema)).to.deep.equal([
      ': object',
      'containers: array',
      'containers[].image: string',
      'containers[]: object',
      'labels.*: string',
      'labels: object',
    ])
  })
  it('are the same with another description, another rule, and empty parts', () => {
    const other = { ...image, description: 'Another.', pattern: '.*' }
    const items = { type: 'object', properties: { image: other }, required: [] }
    const same = { ...schema, properties: { labels, containers: { ...containers, items } } }
    expect(schemaFields(same)).to.deep.equal(schemaFields(schema))
  })
  it('are others with a field less, or one of another type', () => {
    const less = { ...schema, properties: { containers } }
    const typed = { ...schema, properties: { containers, labels: { type: 'array', items: image } } }
    expect(schemaFields(less)).not.to.deep.equal(schemaFields(schema))
    expect(schemaFields(typed)).not.to.deep.equal(schemaFields(schema))
  })
})
