# SPDX-License-Identifier: EUPL-1.2
"""How the errors of assemblies are answered."""

from typing import Final

from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_kit.locale import Text
from parvis_kit.problems import NOT_FOUND, VALIDATION, Kind, Rule
from parvis_participation.domain import assembly_errors

ASSEMBLY_STATE: Final = Kind("assembly-state", 409, Text(fr="État de l'assemblée", en="State of the assembly"))
ASSEMBLY_FULL: Final = Kind("assembly-full", 409, Text(fr="Assemblée complète", en="Assembly full"))
ATTENDANCE_MISSING: Final = Kind("attendance-missing", 409, Text(fr="Présences à noter", en="Attendance missing"))
ABSENT_NAMED: Final = Kind("absent-named", 409, Text(fr="Absent nommé", en="Absent member named"))
ALREADY_VOLUNTEERS: Final = Kind("already-volunteers", 409, Text(fr="Déjà volontaire", en="Volunteers already"))
DRAW_WAITING: Final = Kind("draw-waiting", 409, Text(fr="Tirage en attente", en="Draw waiting"))
ALREADY_MEMBER: Final = Kind("already-member", 409, Text(fr="Déjà membre", en="Already a member"))

ASSEMBLY_RULES: Final[dict[type[Exception], Rule]] = {
    KeyDestroyedError: Rule(NOT_FOUND),
    assembly_errors.AssemblyStateError: Rule(
        ASSEMBLY_STATE,
        text=Text(
            fr="L'état de cette séance, de ce mandat ou de ce tirage ne le permet pas ; relisez-le.",
            en="The state of this session, mandate or draw does not allow this; read it again.",
        ),
    ),
    assembly_errors.AssemblyFullError: Rule(
        ASSEMBLY_FULL,
        text=Text(fr="Une assemblée a au plus 500 membres.", en="An assembly has at most 500 members."),
    ),
    assembly_errors.AlreadyVolunteersError: Rule(
        ALREADY_VOLUNTEERS,
        text=Text(
            fr="Vous êtes volontaire avec un autre de vos comptes ; cessez d'abord de l'être.",
            en="You volunteer by another of your accounts; stop that first.",
        ),
    ),
    assembly_errors.AlreadyMemberError: Rule(
        ALREADY_MEMBER,
        text=Text(
            fr="Cette personne est déjà membre à ce moment ; un mandat finit avant qu'un autre commence.",
            en="This person is a member at that time already; one mandate ends before another begins.",
        ),
    ),
    assembly_errors.DrawWaitingError: Rule(
        DRAW_WAITING,
        text=Text(
            fr="Un tirage est déjà figé pour ce collège : menez-le à bien, ou renoncez-y en disant pourquoi.",
            en="Lots are frozen for this college already: draw them, or give them up and say why.",
        ),
    ),
    assembly_errors.SeedFormatError: Rule(
        VALIDATION,
        "/seed",
        Text(
            fr="Écrivez la graine comme annoncé quand le tirage a été figé.",
            en="Write the seed as was said when the draw was frozen.",
        ),
    ),
    assembly_errors.AttendanceMissingError: Rule(
        ATTENDANCE_MISSING,
        text=Text(
            fr="Notez qui est venu avant de publier le compte rendu.", en="Note who came before publishing the minutes."
        ),
    ),
    assembly_errors.AbsentNamedError: Rule(
        ABSENT_NAMED,
        text=Text(
            fr="Le compte rendu nomme un membre absent ; écrivez-en une version qui n'en dit rien.",
            en="The minutes name a member who was not there; write a version that does not.",
        ),
    ),
    assembly_errors.MandateError: Rule(
        VALIDATION,
        "/ends_on",
        Text(
            fr="Un mandat finit après avoir commencé, et dure douze ans au plus.",
            en="A mandate ends after it begins, and lasts twelve years at most.",
        ),
    ),
    assembly_errors.ApprovalDayError: Rule(
        VALIDATION,
        "/approved_on",
        Text(
            fr="Donnez un jour entre celui de la séance et aujourd'hui.",
            en="Give a day from that of the session to today.",
        ),
    ),
    assembly_errors.UnknownCollegeError: Rule(
        VALIDATION,
        "/college",
        Text(fr="Prenez un des collèges de l'assemblée.", en="Take one of the colleges of the assembly."),
    ),
    assembly_errors.UnknownMemberError: Rule(
        VALIDATION,
        "/attendances",
        Text(fr="Seulement des membres en fonction ce jour-là.", en="Only of members in office on that day."),
    ),
}
