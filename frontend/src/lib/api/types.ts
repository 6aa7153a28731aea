import type { components } from "./schema";

type Schemas = components["schemas"];

export type Airline = Schemas["Airline"];
export type Airplane = Schemas["Airplane"];
export type Airport = Schemas["Airport"];
export type AuditEntry = Schemas["AuditEntry"];
export type Booking = Schemas["Booking"];
export type BookingEvent = Schemas["BookingEvent"];
export type BookingItem = Schemas["BookingItem"];
export type BookingStatus = Schemas["BookingStatus"];
export type City = Schemas["City"];
export type CreateBooking = Schemas["CreateBooking"];
export type Flight = Schemas["Flight"];
export type FlightLoad = Schemas["FlightLoad"];
export type FlightSummary = Schemas["FlightSummary"];
export type Page = Schemas["Page"];
export type Passenger = Schemas["Passenger"];
export type PassengerType = Schemas["PassengerType"];
export type PayBooking = Schemas["PayBooking"];
export type Problem = Schemas["Problem"];
export type Role = Schemas["Role"];
export type Session = Schemas["Session"];
export type Tokens = Schemas["Tokens"];
export type User = Schemas["User"];

export interface Envelope<T> {
  success: true;
  message: string;
  data: T;
}

export interface List<T> extends Envelope<T[]> {
  page: Page;
}
