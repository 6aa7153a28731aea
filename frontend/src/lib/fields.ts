import * as z from "zod/mini";
import type { Dictionary } from "@/i18n/en";

type Texts = Dictionary["auth"];

/** Fields that several forms have, with what is said when they are wrong. The gateway checks again. */
export const emailField = (t: Texts) => z.string().check(z.trim(), z.email(t.invalidEmail));
export const newPasswordField = (t: Texts) => z.string().check(z.minLength(8, t.shortPassword), z.maxLength(256, t.shortPassword));
export const filledField = (t: Texts) => z.string().check(z.minLength(1, t.missing));
export const trimmedField = (t: Texts) => z.string().check(z.trim(), z.minLength(1, t.missing));
