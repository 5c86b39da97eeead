// English words for every code of the server, fetched when the first of them is needed.
import type { ProblemCode } from '#lib/api/codes';

export const problems: Record<ProblemCode, string> = {
  invalid_json: 'Something went wrong between this page and the server. Please reload the page.',
  invalid_field: 'Something in the form is not right yet.',
  unsupported_media_type: 'Something went wrong between this page and the server. Please reload the page.',
  body_too_large: 'That is longer than the server accepts.',
  not_signed_in: 'Your session has ended. Please sign in again.',
  wrong_credentials: 'This e-mail address and password do not belong together. Please check both.',
  not_allowed: 'Your account may not do this.',
  common_password:
    'This password is among the first that are tried when accounts are broken into. A few words in a row make a good one.',
  wrong_password: 'This is not your password. Please try again.',
  no_letters: 'This server is not set up to send e-mail. Please ask the people who run it.',
  email_not_verified:
    'Please confirm your e-mail address first: open the link in the letter we sent you. Settings can send it again.',
  link_not_valid: 'This link has been used or is too old. Please ask for a new one.',
  last_admin: 'Somebody has to remain who can give roles. Make someone else an admin first.',
  limit_reached: 'There are as many of these as one account may have. Remove one first.',
  address_taken: 'There is already an account with this e-mail address.',
  cross_origin:
    'The server refused this request because it seemed to come from another site. Please reload the page.',
  not_found: 'The server does not know this page.',
  method_not_allowed: 'Something went wrong between this page and the server. Please reload the page.',
  project_not_found: 'This project does not exist on the server any more.',
  image_not_found: 'This image is not on the server any more.',
  assignment_not_found: 'The server no longer knows this image; your answer for it was not counted.',
  not_your_assignment: 'This image was given to another account; your answer for it was not counted.',
  already_answered: 'You had answered this image before; the first answer counts.',
  assignment_expired: 'Your answer came after the image had been passed on, so it was not counted.',
  classification_not_found: 'The server does not know the answer you want to take back.',
  feedback_shown: 'This was a training image and its solution has been shown, so your answer stands.',
  already_retracted: 'You have already taken this answer back.',
  id_in_use: 'Something went wrong between this page and the server. Please reload the page.',
  slug_taken: 'Another article has this address already. Please choose a different one.',
  edited_meanwhile:
    'Somebody else has changed this meanwhile. Nothing was overwritten; your text is still here.',
  certificate_not_found: 'No certificate has this code.',
  nothing_to_certify: 'There is nothing to certify yet. Look at an image first; one answer is enough.',
  too_late_to_retract: 'An answer can be taken back for a day; this one is older and stands.',
  image_still_open:
    'People are still being asked about this image. Publish the discovery when the image is settled, so that nobody learns what others said.',
  quiz_not_passed: 'A short quiz comes before the first images. It takes a few minutes and can be repeated.',
  no_quiz: 'This project has no quiz. You can start looking at once.',
  quiz_not_found: 'The server does not know this quiz any more. Please begin a new one.',
  quiz_expired: 'This quiz was begun too long ago. Please begin a new one.',
  question_answered: 'You have answered this question before; the first answer stands.',
  quiz_unfinished: 'A question is still without an answer.',
  too_many_requests: 'That was a lot at once. Please wait a moment and try again.',
  busy: 'The server is busy. Please try again in a few seconds.',
  too_slow: 'The server took too long. Please try again.',
  internal: 'The server made a mistake. Nothing of yours is lost; please try again.',
};
