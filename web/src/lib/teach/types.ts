// The server's shapes that teaching uses, by their names here.
import type { components } from '../api/schema';

type Schemas = components['schemas'];

export type Image = Schemas['Image'];
export type Rules = Schemas['Quiz'];
export type Attempt = Schemas['QuizAttempt'];
export type Lesson = Schemas['Lesson'];
export type Result = Schemas['QuizResult'];
export type PracticeImage = Schemas['PracticeImage'];
export type GalleryImage = Schemas['GalleryImage'];
export type LensModel = Schemas['LensModel'];
