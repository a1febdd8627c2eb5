/** A local page on which suspects are looked at one after another; the decisions become a file of labels. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { FileTree } from '../data/file-tree.js';
import type { Insights } from '../insights/insights.js';
import { surenessSentence } from '../insights/sentences.js';
import { HEADERS, LocalServer, readRequest, refuse, sendPage } from '../local-page/server.js';
import { pageScript } from '../report/bundle-client.js';
import { REVIEW_BATCH } from '../report/review-data.js';
import { decisionSchema } from './decisions.js';
import type { LabelFile } from './label-file.js';
import { reviewPage, reviewPolicy } from './page.js';
import { pictureOf, suspectPhotos } from './suspect-photos.js';

export { LabelFile } from './label-file.js';

/** The port that is tried first. */
export const REVIEW_PORT = 4871;

const requestSchema = z.strictObject({
  decisions: z
    .array(z.strictObject({ index: z.int().min(0), decision: decisionSchema }))
    .min(1)
    .max(REVIEW_BATCH),
});

/** Options of a review. */
export interface ReviewOptions {
  /** Name of the run. */
  readonly title: string;
  /** Of a data set whose images are files. */
  readonly insights: Insights;
  /** Where the photos lie; undefined where they are in memory alone. */
  readonly tree: FileTree | undefined;
  readonly labels: LabelFile;
  /** The command that trains with the labels, for people. */
  readonly command: string;
  /** Default: REVIEW_PORT. Where it is taken, the next free one. */
  readonly port?: number | undefined;
}

/** Serves the page to this machine until it is closed. */
export async function startReview(options: ReviewOptions): Promise<LocalServer> {
  const { title, insights, tree, labels, command, port = REVIEW_PORT } = options;
  const { dataset } = insights;
  const script = await pageScript('review');
  const known = new Set(suspectPhotos(insights, labels.corrections).map(({ index }) => index));

  const decide = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = await readRequest(request, response);
    if (asked === undefined) return;
    const { data } = requestSchema.safeParse(asked.value);
    const decisions = data?.decisions ?? [];
    if (data === undefined || decisions.some(({ index }) => !known.has(index))) {
      refuse(response, 400, 'That is no decision on these photos.');
      return;
    }
    const stray = decisions
      .flatMap(({ decision }) => (decision.kind === 'label' ? [decision.label] : []))
      .find((label) => !dataset.classNames.includes(label));
    if (stray !== undefined) {
      refuse(response, 400, `${stray} is none of the classes.`);
      return;
    }
    try {
      await labels.decide(decisions.map(({ index, decision }) => [dataset.train.files![index]!, decision]));
      response.writeHead(204, HEADERS);
      response.end();
    } catch (error) {
      refuse(response, 409, error instanceof Error ? error.message : String(error));
    }
  };

  const answer = async (name: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method } = request;
    const picture = /^photo\/(\d+)$/.exec(name);
    if (method === 'GET' && name === '') {
      const { classNames } = dataset;
      const photos = suspectPhotos(insights, labels.corrections);
      const about = { title, command, path: labels.path, sureness: surenessSentence(insights) };
      const key = `review ${resolve(labels.path)} ${insights.header.startedAt}`;
      sendPage(response, reviewPage({ key, classNames, photos }, about, script), reviewPolicy(script));
    } else if (method === 'GET' && picture !== null && known.has(Number(picture[1]))) {
      const bytes = await pictureOf(dataset, tree, Number(picture[1]));
      response.writeHead(200, { ...HEADERS, 'content-type': 'image/jpeg' });
      response.end(bytes);
    } else if (method === 'POST' && name === 'decide') await decide(request, response);
    else refuse(response, 404, 'There is nothing here.');
  };
  return LocalServer.start({ answer, port });
}
