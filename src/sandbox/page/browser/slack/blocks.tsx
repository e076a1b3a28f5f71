import type { JSX } from 'preact';
import { useContext } from 'preact/hooks';
import type { JsonObject } from '../../../../domain/entitlement.js';
import { isObject, str } from '../../../slack/block-kit/schema.js';
import { Button, Overflow } from './form/buttons.js';
import { Control, isGroup } from './form/fields.js';
import { Inlined, Paragraphs, Words } from './text/marked.js';
import { richText } from './text/rich-text.js';
import { isBlock, isField, isSimple, type BlockType, type SimpleType } from './supported.js';
import { On } from './surroundings.js';
import { fieldsOf, textIn } from './form/values.js';

export function Blocks({ of }: { of: JsonObject[] }) {
  return (
    <div class="slack-blocks">
      {of.map((block, index) => {
        const type = str(block, 'type');
        if (!isBlock(type)) return <Unsupported type={type} />;
        const Drawing = BLOCKS[type];
        return <Drawing key={str(block, 'block_id') || index} block={block} />;
      })}
    </div>
  );
}

const BLOCKS: Record<BlockType, (props: { block: JsonObject }) => JSX.Element> = {
  header: ({ block }) => <h3>{textIn(block['text'])}</h3>,
  divider: () => <hr />,
  rich_text: ({ block }) => (
    <div>
      <Paragraphs of={richText(block)} />
    </div>
  ),
  image: ({ block }) => <Image of={block} />,
  context: ({ block }) => <div class="slack-context">{inside(block)}</div>,
  actions: ({ block }) => <div class="slack-buttons">{inside(block)}</div>,
  section: Section,
  input: Input,
};

function inside(block: JsonObject) {
  const { elements } = block;
  return (Array.isArray(elements) ? elements : [])
    .filter(isObject)
    .map((element) => <Element {...{ block, element }} />);
}

function Section({ block }: { block: JsonObject }) {
  const { text, fields, accessory } = block;
  return (
    <div class="slack-section">
      <div>
        <Words of={text} />
        {Array.isArray(fields) && (
          <div class="slack-fields">
            {fields.map((field) => (
              <div>
                <Words of={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {isObject(accessory) && <Element block={block} element={accessory} />}
    </div>
  );
}

const SIMPLE: Record<SimpleType, (props: { element: JsonObject }) => JSX.Element> = {
  button: Button,
  overflow: Overflow,
  image: ({ element }) => <Image of={element} />,
  plain_text: ({ element }) => <Words of={element} />,
  mrkdwn: ({ element }) => <Words of={element} />,
};

function Element({ block, element }: { block: JsonObject; element: JsonObject }) {
  const { id } = useContext(On);
  const type = str(element, 'type');
  if (isSimple(type)) {
    const Drawing = SIMPLE[type];
    return <Drawing element={element} />;
  }
  const field = fieldsOf([block]).find((one) => one.element['action_id'] === element['action_id']);
  if (!isField(type) || !field) return <Unsupported type={type} />;
  const label = textIn(element['placeholder']) || textIn(block['text']) || 'Choose';
  return (
    <div class="slack-input">
      <Control {...{ type, field }} ties={{ id: `${id}-${field.name}`, 'aria-label': label }} />
    </div>
  );
}

/** A label, a field, a hint and what is wrong with it. */
function Input({ block }: { block: JsonObject }) {
  const { id: surface, error } = useContext(On);
  const [field] = fieldsOf([block]);
  const { element, hint } = block;
  const type = str(field?.element ?? {}, 'type');
  if (!field || !isField(type)) return <Unsupported type={isObject(element) ? str(element, 'type') : ''} />;
  const id = `${surface}-${field.name}`;
  const wrong = error(field);
  const described = [wrong !== undefined && `${id}-error`, isObject(hint) && `${id}-hint`]
    .filter(Boolean)
    .join(' ');
  const required = block['optional'] !== true;
  const label = (
    <>
      <Inlined of={block['label']} />
      {!required && <small> (optional)</small>}
    </>
  );
  const rest = (
    <>
      <Control
        {...{ type, field }}
        ties={{
          id,
          ...(described && { 'aria-describedby': described }),
          ...(wrong !== undefined && { 'aria-invalid': true }),
          ...(required && { 'aria-required': true }),
        }}
      />
      {wrong !== undefined && (
        <p id={`${id}-error`} class="slack-error">
          {wrong}
        </p>
      )}
      {isObject(hint) && (
        <p id={`${id}-hint`} class="slack-hint">
          {textIn(hint)}
        </p>
      )}
    </>
  );
  return isGroup(type) ? (
    <fieldset class="slack-input">
      <legend>{label}</legend>
      {rest}
    </fieldset>
  ) : (
    <div class="slack-input">
      <label for={id}>{label}</label>
      {rest}
    </div>
  );
}

/** Nothing is loaded from elsewhere: an image is what it says of itself. */
function Image({ of }: { of: JsonObject }) {
  const alt = str(of, 'alt_text');
  return (
    <span class="slack-image" role="img" aria-label={alt}>
      <span aria-hidden="true">Image: {textIn(of['title']) || alt}</span>
    </span>
  );
}

function Unsupported({ type }: { type: string }) {
  return <p class="slack-unsupported">unsupported: {type || 'no type'}</p>;
}
