const account = "/api/v1";
const flights = "/flightsService/api/v1";
const booking = "/bookingService/api/v1";

/** The gateway's paths, for server components as they are and for browsers behind /api/gw. */
export const paths = {
  signUp: `${account}/signup`,
  me: `${account}/me`,
  sessions: `${account}/sessions`,
  session: (id: string) => `${account}/sessions/${id}`,
  verifyEmail: `${account}/email/verify`,
  mailVerification: `${account}/email/verification`,
  forgotPassword: `${account}/password/forgot`,
  resetPassword: `${account}/password/reset`,
  users: `${account}/users`,
  user: (id: number) => `${account}/users/${id}`,
  giveRole: `${account}/role`,
  role: (id: number, role: string) => `${account}/users/${id}/roles/${role}`,
  audit: `${account}/audit`,
  cities: `${flights}/city`,
  airports: `${flights}/airport`,
  airlines: `${flights}/airline`,
  airplanes: `${flights}/airplane`,
  flights: `${flights}/flight`,
  flight: (id: number | string) => `${flights}/flight/${id}`,
  load: (id: number | string) => `${flights}/flight/${id}/load`,
  flightSeats: (id: number | string) => `${flights}/flight/${id}/seats`,
  bookings: `${booking}/booking`,
  booking: (id: number | string) => `${booking}/booking/${id}`,
  timeline: (id: number | string) => `${booking}/booking/${id}/events`,
  cancel: (id: number | string) => `${booking}/booking/${id}/cancel`,
  payments: `${booking}/booking/payments`,
  queues: "/bookingService/ui",
} as const;
