import type { Dictionary } from "@/i18n/en";
import { paths } from "@/lib/api/paths";
import type { Airline, Airplane, Airport, City } from "@/lib/api/types";
import type { FieldSpec } from "./record";

export type Option = { value: string; label: string };

/** What a form may choose from. */
export interface Choices {
  cities: Option[];
  airlines: Option[];
}

type Texts = Dictionary["desk"];

/** A kind of thing that administrators keep. */
export interface Resource<T> {
  path: string;
  title: (t: Texts) => string;
  createTitle: (t: Texts) => string;
  columns: { header: (t: Texts) => string; cell: (item: T, t: Texts) => string; isFigure?: boolean }[];
  fields: (t: Texts, choices: Choices, item?: T) => FieldSpec[];
  nameOf: (item: T) => string;
  /** How it is found again; what has none can be made, and neither changed nor deleted. */
  idOf?: (item: T) => number;
  /** Whether deleting it takes others along. */
  cascades: boolean;
}

const cities: Resource<City> = {
  path: paths.cities,
  title: (t) => t.cities,
  createTitle: (t) => t.newCity,
  columns: [
    { header: (t) => t.id, cell: ({ id }) => String(id), isFigure: true },
    { header: (t) => t.name, cell: ({ city }) => city },
  ],
  fields: (t, _, item) => [{ name: "city", label: t.name, kind: "text", value: item?.city, maxLength: 100 }],
  nameOf: ({ city }) => city,
  idOf: ({ id }) => id,
  cascades: true,
};

const airports: Resource<Airport> = {
  path: paths.airports,
  title: (t) => t.airports,
  createTitle: (t) => t.newAirport,
  columns: [
    { header: (t) => t.code, cell: ({ code }) => code, isFigure: true },
    { header: (t) => t.name, cell: ({ name }) => name },
    { header: (t) => t.city, cell: ({ city }) => city.city },
    { header: (t) => t.country, cell: ({ country }) => country, isFigure: true },
    { header: (t) => t.timezone, cell: ({ timezone }) => timezone },
  ],
  fields: (t, choices, item) => [
    { name: "code", label: t.code, kind: "text", value: item?.code, maxLength: 3 },
    { name: "name", label: t.name, kind: "text", value: item?.name, maxLength: 120 },
    { name: "cityId", label: t.city, kind: "select", isNumber: true, value: item?.cityId, options: choices.cities },
    { name: "address", label: t.address, kind: "text", value: item?.address, maxLength: 255, whenEmpty: "null" },
  ],
  nameOf: ({ code, name }) => `${code}, ${name}`,
  idOf: ({ id }) => id,
  cascades: true,
};

const airlines: Resource<Airline> = {
  path: paths.airlines,
  title: (t) => t.airlines,
  createTitle: (t) => t.newAirline,
  columns: [
    { header: (t) => t.code, cell: ({ code }) => code, isFigure: true },
    { header: (t) => t.name, cell: ({ name }) => name },
  ],
  fields: (t) => [
    { name: "code", label: t.code, kind: "text", maxLength: 2 },
    { name: "name", label: t.name, kind: "text", maxLength: 120 },
  ],
  nameOf: ({ code, name }) => `${code}, ${name}`,
  cascades: false,
};

const airplanes: Resource<Airplane> = {
  path: paths.airplanes,
  title: (t) => t.airplanes,
  createTitle: (t) => t.newAirplane,
  columns: [
    { header: (t) => t.id, cell: ({ id }) => String(id), isFigure: true },
    { header: (t) => t.model, cell: ({ modelNumber }) => modelNumber },
    { header: (t) => t.capacity, cell: ({ capacity }) => String(capacity), isFigure: true },
    { header: (t) => t.owner, cell: ({ airline }, t) => airline ?? t.shared },
  ],
  fields: (t, choices, item) => [
    { name: "modelNumber", label: t.model, kind: "text", value: item?.modelNumber, maxLength: 60 },
    { name: "capacity", label: t.capacity, kind: "number", value: item?.capacity },
    {
      name: "airline",
      label: t.owner,
      kind: "select",
      value: item?.airline,
      options: [{ value: "", label: t.shared }, ...choices.airlines],
      whenEmpty: "null",
    },
  ],
  nameOf: ({ modelNumber }) => modelNumber,
  idOf: ({ id }) => id,
  cascades: true,
};

export const resources = { cities, airports, airlines, airplanes };
export type ResourceName = keyof typeof resources;

/** A resource by the name that its URL has. */
export function resourceCalled(name: string): Resource<unknown> | undefined {
  return Object.hasOwn(resources, name) ? (resources[name as ResourceName] as unknown as Resource<unknown>) : undefined;
}
