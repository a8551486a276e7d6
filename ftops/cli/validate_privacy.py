"""`ftops validate --only privacy`: what is in the data that perhaps must not leave."""

from collections.abc import Sequence

from ftops.cli.exits import Exit
from ftops.cli.options import Format
from ftops.cli.remarks import REMARKS, remark
from ftops.cli.session import Session
from ftops.cli.trouble import EVERY_HINT
from ftops.core.desired import Declared
from ftops.errors import DatasetError
from ftops.usecases.privacy import look_through


def validate_privacy(
    session: Session, declared: Sequence[Declared], output: Format, *, every: bool
) -> int:
    """Tell all that was found, and fail if any of it blocks."""
    with session.showing_reading():
        watched = look_through(declared, session.workplace.privacy)
    problems = (*watched.blocking, *watched.warnings)
    if output is Format.TEXT:
        from ftops.render.privacy_view import privacy_view
        from ftops.render.terminal import problems_view

        if watched.warnings and not watched.blocking:
            session.err.print(problems_view(problems, every=every, more=EVERY_HINT))
        session.show(privacy_view(watched.scanned))
        if watched.blocking:
            raise DatasetError(problems, hint="errors block; nothing else was looked at")
        return Exit.FINE
    if output is Format.JSON:
        from ftops.render.privacy_view import privacy_json

        session.show(privacy_json(problems, watched.scanned))
    elif output in REMARKS:
        remark(session, problems, output)
    else:
        from ftops.render.markdown import problems_markdown
        from ftops.render.privacy_view import unchecked_in

        unchecked = unchecked_in(watched.scanned.values())
        session.show(problems_markdown(problems, unchecked=unchecked))
    return Exit.EXPECTED_FAILURE if watched.blocking else Exit.FINE
