/** Every code an answer can carry. `status` and `title` never change for a code; docs/errors.md is generated from here. */
export const ERRORS = {
  invalid_request: {
    status: 400,
    title: 'The request does not fit its schema',
    help: '`errors` names each fault with the JSON pointer of the value.',
  },
  invalid_cursor: {
    status: 400,
    title: 'The cursor is not one of ours',
    help: 'Start again without `cursor`; use `next` of the last page as it is.',
  },
  invalid_range: {
    status: 400,
    title: 'The time range is empty or too long',
    help: '`from` must be before `to`; history spans at most 400 days.',
  },
  malformed_body: {
    status: 400,
    title: 'The body is not valid JSON',
    help: 'Send UTF-8 JSON with `content-type: application/json`.',
  },
  not_signed_in: {
    status: 401,
    title: 'Nobody is signed in',
    help: 'The session cookie is missing, ended or expired. Sign in again.',
  },
  wrong_login: {
    status: 401,
    title: 'Login or password is wrong',
    help: 'Says nothing about which of the two, and takes as long for an unknown login.',
  },
  wrong_password: {
    status: 403,
    title: 'The current password is wrong',
    help: 'Needed to set a new one.',
  },
  bad_csrf: {
    status: 403,
    title: 'The CSRF token is missing or wrong',
    help: 'Send `csrf` of `GET /api/v1/session` as header `x-csrf-token`.',
  },
  bad_origin: {
    status: 403,
    title: 'The request comes from another web site',
    help: 'Open the address that PUBLIC_URL names; set PUBLIC_URL to the address people open.',
  },
  forbidden: {
    status: 403,
    title: 'Your role may not do this',
    help: 'Ask an administrator; the table of roles is in docs/roles.md.',
  },
  beyond_your_scope: {
    status: 403,
    title: 'The person or right reaches beyond your own sites',
    help: 'You can manage people and give rights only within your own sites.',
  },
  not_your_dispatch: {
    status: 403,
    title: 'The dispatch is in the hands of somebody else',
    help: 'An engineer answers for themselves, once their account is named in the list of staff; a manager for everybody.',
  },
  forged_hook: {
    status: 403,
    title: 'The signature of the callback is missing or wrong',
    help: 'PUBLIC_URL and the secret of the provider must be those the provider signs with.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing at this address',
    help: 'The document of all addresses is /api/v1/openapi.json.',
  },
  unknown_site: {
    status: 404,
    title: 'There is no such site within your rights',
    help: 'A site outside your rights answers the same as one that does not exist.',
  },
  unknown_incident: {
    status: 404,
    title: 'There is no such incident at this site',
    help: 'See the list of incidents.',
  },
  no_evidence: {
    status: 404,
    title: 'The evidence log has nothing for this time',
    help: 'It keeps 30 days unless configured otherwise, and begins at the first full hour after the site did.',
  },
  unknown_trial: {
    status: 404,
    title: 'There is no such trial at this site',
    help: 'Only the newest trial of a site is remembered, until the server is restarted.',
  },
  trial_running: {
    status: 409,
    title: 'A trial is running',
    help: 'One at a time for each site, and two in all: ask for it again when that one has ended.',
  },
  unknown_scheme: {
    status: 404,
    title: 'There is no such scheme',
    help: 'See the list of schemes; a later revision is called by its number, such as `four-hours.2`.',
  },
  unknown_back_test: {
    status: 404,
    title: 'There is no such back-test at this site',
    help: 'Only the newest of a site is remembered, until the server is restarted.',
  },
  back_test_running: {
    status: 409,
    title: 'A back-test is running',
    help: 'One at a time for each site, and two in all: ask again when it has ended, or stop it.',
  },
  back_test_needed: {
    status: 409,
    title: 'A scheme for days gone by needs a back-test',
    help: 'Run one over the days from `from` on with this scheme and these parameters, look at it, and send its id as `backTest`.',
  },
  unknown_interruption: {
    status: 404,
    title: 'There is no such interruption at this site',
    help: 'See the list of interruptions.',
  },
  unknown_device: {
    status: 404,
    title: 'There is no such device at this site',
    help: 'See the list of devices.',
  },
  unknown_node: { status: 404, title: 'There is no such node at this site', help: '`errors` names it.' },
  unknown_plan: {
    status: 404,
    title: 'There is no such planned outage at this site',
    help: 'See the list of planned outages.',
  },
  unknown_report: {
    status: 404,
    title: 'There is no such report at this site',
    help: 'See the list of reports.',
  },
  not_your_premises: {
    status: 404,
    title: 'That is none of your premises or outages',
    help: 'A link shows the premises of the person it was sent to, and nothing else.',
  },
  unknown_dispatch: {
    status: 404,
    title: 'Nobody is to be sent to this incident',
    help: 'Dispatches open by themselves with an outage; see the list of dispatches.',
  },
  unknown_staff: {
    status: 404,
    title: 'There is no such member of staff in service',
    help: 'See the list of staff.',
  },
  unknown_photo: { status: 404, title: 'There is no such photo of this incident', help: 'Store it first.' },
  unknown_person: {
    status: 404,
    title: 'There is no such person at this site',
    help: 'See the list of people.',
  },
  unknown_user: { status: 404, title: 'There is no such person', help: 'See the list of users.' },
  unknown_subject: {
    status: 404,
    title: 'Nothing by that name is in quarantine',
    help: 'It may have been removed already.',
  },
  no_simulator: {
    status: 404,
    title: 'No simulator feeds this site',
    help: 'Only a site marked `simulated`, with its simulator running, can be tripped.',
  },
  login_taken: { status: 409, title: 'Somebody has this login', help: 'Choose another.' },
  own_account: {
    status: 409,
    title: 'You cannot take your own rights away',
    help: 'Another administrator can; so nobody locks everybody out.',
  },
  incident_not_open: {
    status: 409,
    title: 'The incident is not open any more',
    help: 'Its `state` says what became of it.',
  },
  incident_settled: {
    status: 409,
    title: 'The incident is too long ago to be amended',
    help: 'Its interruptions are final; correct the claims that rest on them.',
  },
  units_still_dark: {
    status: 409,
    title: 'Units of this incident are still dark by their own evidence',
    help: '`errors` names them; send a `reason` to confirm all the same.',
  },
  plan_refused: {
    status: 409,
    title: 'The planned outage cannot be like this',
    help: '`errors` says why: over, started, in_the_past, ends_before_it_begins, notice_too_late (then an `exemption` with its reason, or a later window, is needed).',
  },
  plan_exists: {
    status: 409,
    title: 'The site has a planned outage of that id',
    help: 'Move it, or choose another id.',
  },
  incident_over: {
    status: 409,
    title: 'The incident is over',
    help: 'Reason and expected end are told while it lasts; afterwards amend it.',
  },
  report_handled: { status: 409, title: 'The report was handled before', help: 'Read it again.' },
  not_rateable: {
    status: 409,
    title: 'The outage cannot be rated now',
    help: 'It can be rated from its end on, for 30 days.',
  },
  already_known: {
    status: 409,
    title: 'It is known that these premises are dark',
    help: 'Read the page again: it says who is on the way.',
  },
  dispatch_refused: {
    status: 409,
    title: 'The dispatch does not allow that now',
    help: '`errors` says why: over, out_of_turn, not_asked, not_running, already, too_many; `moves` of the dispatch says what it allows.',
  },
  phone_taken: {
    status: 409,
    title: 'The telephone belongs to somebody else',
    help: 'One telephone is one person.',
  },
  owner_link_invalid: {
    status: 410,
    title: 'The link has expired or is wrong',
    help: 'Open the link of the newest message, or call the property.',
  },
  unknown_claim: {
    status: 404,
    title: 'There is no such claim at this site',
    help: 'See the list of claims.',
  },
  unknown_entry: {
    status: 404,
    title: 'There is no such entry in the books of this fund',
    help: 'See the list of entries.',
  },
  unknown_payout: {
    status: 404,
    title: 'There is no such batch of payouts at this site',
    help: 'See the list of payouts.',
  },
  claim_refused: {
    status: 409,
    title: 'The claim does not take this step now',
    help: '`errors` says why; docs/claims-and-fund.md explains each word.',
  },
  claims_changed: {
    status: 409,
    title: 'The claims are not those that were shown',
    help: 'Ask for the preview again and look at its totals; nothing was approved.',
  },
  fund_limit: {
    status: 409,
    title: 'The fund would fall below its limit',
    help: 'Pay a contribution in first, or lower the limit; nothing was approved.',
  },
  budget_exceeded: {
    status: 409,
    title: 'The budget of the year does not bear it',
    help: 'An administrator can raise the budget; nothing was approved.',
  },
  entry_not_reversible: {
    status: 409,
    title: 'This entry cannot be reversed by itself',
    help: 'Only contributions and recoveries, once; what concerns a claim follows the claim.',
  },
  payout_refused: {
    status: 409,
    title: 'The payouts do not allow that now',
    help: '`errors` says why: nothing_to_pay, not_exported, exported_already, cancelled, over, no_file.',
  },
  link_used: {
    status: 410,
    title: 'The link was used, has expired or is wrong',
    help: '`relight admin-link` prints a new one; an administrator can send a new invitation.',
  },
  unknown_channel: {
    status: 404,
    title: 'There is no such channel, or it is not set up',
    help: 'See the list of channels; set it up first.',
  },
  unknown_message: { status: 404, title: 'There is no such message in the inbox', help: 'See the inbox.' },
  channel_taken: {
    status: 409,
    title: 'Another channel already serves this way of reaching people',
    help: 'Delete the settings of the other one first: two providers for one kind of message would send it twice.',
  },
  delivery_settled: {
    status: 409,
    title: 'What became of the message is known by now',
    help: 'Read it again: a receipt or another person was faster.',
  },
  message_handled: {
    status: 409,
    title: 'Somebody has handled this message',
    help: 'Read it again: it says who and when.',
  },
  preview_stale: {
    status: 409,
    title: 'It would reach other people, or as many others, than the preview said',
    help: 'Ask for a new preview and send with its number of recipients.',
  },
  no_recipients: {
    status: 422,
    title: 'Nobody would get this message',
    help: 'No premises meant has an owner or occupant with a telephone who wants messages.',
  },
  channel_invalid: {
    status: 422,
    title: 'The settings do not fit the channel',
    help: '`errors` names each fault; the list of channels has the schema.',
  },
  version_conflict: {
    status: 412,
    title: 'Somebody changed it since you read it',
    help: 'Read it again, look at the difference, send with the new `If-Match`.',
  },
  body_too_large: { status: 413, title: 'The body is too large', help: '1 MiB; a site file 32 MiB.' },
  unsupported_media_type: {
    status: 415,
    title: 'The body has another media type',
    help: 'Send `content-type: application/json`.',
  },
  site_file_invalid: {
    status: 422,
    title: 'The site file has faults',
    help: '`errors` lists every fault with its path; nothing was changed.',
  },
  import_invalid: {
    status: 422,
    title: 'The list has faults',
    help: '`errors` names row and column of each; nothing was changed.',
  },
  scheme_invalid: {
    status: 422,
    title: 'The scheme has faults',
    help: '`errors` lists every fault with its place in the file and a hint; nothing was kept.',
  },
  case_invalid: {
    status: 422,
    title: 'An example case has faults',
    help: '`errors` names each with its place; nothing was kept.',
  },
  choice_invalid: {
    status: 422,
    title: 'The scheme cannot be chosen like that',
    help: '`errors` names the parameters, or what else does not fit the site; nothing was changed.',
  },
  caps_invalid: {
    status: 422,
    title: 'The limits of mass sending do not fit together',
    help: '`errors` names each; a limit above the one of a day could never be reached.',
  },
  facts_invalid: {
    status: 422,
    title: 'The facts have faults',
    help: '`errors` names each with its place and what would be right; nothing was changed.',
  },
  photo_invalid: {
    status: 422,
    title: 'The photo cannot be read as what it says it is',
    help: 'Send a whole JPEG, PNG or WebP, and its own `type`.',
  },
  photos_full: {
    status: 409,
    title: 'There is no room for more photos',
    help: 'At most 40 an incident and 512 MB a site.',
  },
  roster_invalid: {
    status: 422,
    title: 'The roster has faults',
    help: '`errors` lists every fault with its path; nothing was changed.',
  },
  payout_file_invalid: {
    status: 422,
    title: 'The file does not fit the batch',
    help: '`errors` names row and column of each; nothing was booked.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The Idempotency-Key stands for another request',
    help: 'A key belongs to one request of one person; use a new one for something else.',
  },
  version_needed: {
    status: 428,
    title: 'An edit must say which version it was made on',
    help: 'Send the `etag` of the file as `If-Match`.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests',
    help: '`Retry-After` says when to try again.',
  },
  too_many_attempts: {
    status: 429,
    title: 'Too many failed attempts',
    help: 'Counted per account and per address; `Retry-After` says when to try again.',
  },
  request_headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    help: 'Clear the cookies of this site.',
  },
  internal: {
    status: 500,
    title: 'A fault of ours',
    help: '`instance` names the line in the log that says what happened.',
  },
  simulator_away: {
    status: 503,
    title: 'The simulator does not answer',
    help: 'Is `relight simulate` running?',
  },
  store_unavailable: {
    status: 503,
    title: 'A store cannot be reached',
    help: 'Readings and events are kept meanwhile; /readyz says which store.',
  },
  overloaded: {
    status: 503,
    title: 'The server has too much to do',
    help: '`Retry-After` says when to try again.',
  },
} as const satisfies Record<string, { status: number; title: string; help: string }>;

export type ErrorCode = keyof typeof ERRORS;

export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message?: string;
}

/** An expected refusal on its way to the one place that writes problems. */
export class Refused extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfter_s: number | undefined;

  constructor(
    code: ErrorCode,
    options: { readonly errors?: readonly FieldError[]; readonly retryAfter_s?: number } = {},
  ) {
    super(ERRORS[code].title);
    this.name = 'Refused';
    this.code = code;
    this.errors = options.errors;
    this.retryAfter_s = options.retryAfter_s;
  }
}

/** docs/errors.md, kept equal by a test. */
export function errorsPage(): string {
  const lines = Object.entries(ERRORS).map(
    ([code, { status, title, help }]) =>
      `| <a id="${code}"></a>\`${code}\` | ${status} | ${title} | ${help} |`,
  );
  return [
    '# Error codes',
    '',
    'Answers that are not 2xx are problems of RFC 9457 (`application/problem+json`) with one of these in `code`. Generated from `api/errors.ts`.',
    '',
    '| code | status | title | what to do |',
    '|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}
