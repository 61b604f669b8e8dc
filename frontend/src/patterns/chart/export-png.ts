/** A chart as a picture: its SVG with the styles and the font written in, drawn on a canvas at twice the size. */
import { fontFor } from './page-font';

const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'opacity',
  'font-size',
  'font-family',
  'font-weight',
  'text-anchor',
];
const SCALE = 2;
const HEAD = 56;
const PAD = 16;

export interface PictureWords {
  title: string;
  note: string;
}

/** Rejects when the browser cannot draw it (no chart on the page, or the canvas is refused). */
export async function chartToPng(container: HTMLElement, words: PictureWords): Promise<Blob> {
  const svg = container.querySelector('svg.recharts-surface');
  if (!(svg instanceof SVGSVGElement)) throw new Error('There is no chart to export.');
  const style = getComputedStyle(container);
  const box = drawnBox(svg);
  const { width, height } = box;
  const image = await loadImage(serialise(svg, box, await fontFor(style.fontFamily, svg.textContent ?? '')));
  const canvas = document.createElement('canvas');
  canvas.width = (width + PAD * 2) * SCALE;
  canvas.height = (height + HEAD + PAD) * SCALE;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('This browser cannot draw pictures.');
  pen.scale(SCALE, SCALE);
  pen.fillStyle = style.getPropertyValue('--sk-surface');
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = style.getPropertyValue('--sk-ink');
  pen.font = `600 15px ${style.fontFamily}`;
  pen.fillText(words.title, PAD, 26);
  pen.fillStyle = style.getPropertyValue('--sk-muted');
  pen.font = `12px ${style.fontFamily}`;
  pen.fillText(words.note, PAD, 44);
  pen.drawImage(image, PAD, HEAD, width, height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made.'))), 'image/png');
  });
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** All that is drawn, in the SVG's own pixels: an axis' labels may lie outside its frame, where the page shows them too. */
function drawnBox(svg: SVGSVGElement): Box {
  const frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')].map((text) => text.getBoundingClientRect());
  const boxes = [frame, ...texts.filter((box) => box.width > 0)];
  const left = Math.floor(Math.min(...boxes.map((box) => box.left)));
  const top = Math.floor(Math.min(...boxes.map((box) => box.top)));
  const right = Math.ceil(Math.max(...boxes.map((box) => box.right)));
  const bottom = Math.ceil(Math.max(...boxes.map((box) => box.bottom)));
  return { x: left - frame.left, y: top - frame.top, width: right - left, height: bottom - top };
}

function serialise(svg: SVGSVGElement, { x, y, width, height }: Box, font: string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.setAttribute('viewBox', `${x} ${y} ${width} ${height}`);
  const originals = svg.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((element, index) => {
    const original = originals[index];
    if (!original) return;
    const computed = getComputedStyle(original);
    for (const name of STYLES) element.setAttribute(name, computed.getPropertyValue(name));
    element.removeAttribute('class');
    element.removeAttribute('style');
  });
  const { fontFeatureSettings, fontVariantNumeric } = getComputedStyle(svg);
  copy.setAttribute('style', `font-feature-settings:${fontFeatureSettings};font-variant-numeric:${fontVariantNumeric}`);
  const faces = document.createElementNS('http://www.w3.org/2000/svg', 'style');
  faces.textContent = font;
  copy.prepend(faces);
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
}

function loadImage(source: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error('The picture could not be made.'));
    image.src = source;
  });
}
