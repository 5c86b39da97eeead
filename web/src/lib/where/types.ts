// The shapes of the API that are about placing pictures.
import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type About = Schemas['PlacingAbout'];
export type Placement = Schemas['Placement'];
export type SkyPlace = Schemas['SkyPlace'];
export type GridLine = Schemas['GridLine'];
export type Inside = Schemas['Inside'];
export type NotPlaced = Schemas['NotPlaced'];
