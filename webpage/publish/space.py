"""A built site as a static Space of Hugging Face."""

import re
from pathlib import Path

import httpx
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

from colorize_core.errors import SiteError

NAME = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}")
TOKEN = "no token of Hugging Face is here; set HF_TOKEN, or log in with `hf auth login`"


def check_name(space: str) -> None:
    """Refuse what is no name of a Space.

    Raises:
        SiteError: it has not the form USER/SPACE.
    """
    if not NAME.fullmatch(space):
        raise SiteError(f"{space!r} is no name of a Space; it has the form USER/SPACE")


def upload(site: Path, space: str) -> str:
    """Make the Space if it is not there, and give it exactly the files of a site.

    Args:
        site: a folder that `build_site` has written.
        space: USER/SPACE. The token comes from HF_TOKEN or from where `hf auth login` leaves it.

    Returns:
        Its address.

    Raises:
        SiteError: no token, no right to write there, or no connection.
    """
    check_name(space)
    api = HfApi()
    try:
        api.whoami()
        url = api.create_repo(space, repo_type="space", space_sdk="static", exist_ok=True)
        api.upload_folder(
            repo_id=space,
            repo_type="space",
            folder_path=site,
            delete_patterns="*",
            commit_message="The studio in the browser",
        )
    except LocalTokenNotFoundError as error:
        raise SiteError(TOKEN) from error
    except HfHubHTTPError as error:
        raise SiteError(f"{space} was not written: {refused(error)}") from error
    except (httpx.HTTPError, OSError) as error:
        raise SiteError(
            f"{space} was not written, since Hugging Face cannot be reached ({error}); try again"
        ) from error
    return str(url)


def refused(error: HfHubHTTPError) -> str:
    """What an answer of the hub means, and what helps."""
    status = error.response.status_code
    if status == 401:
        return "the token is not valid (401); make one that may write, and set HF_TOKEN"
    if status == 403:
        return "the token may not write there (403); make one that may, or name your own Space"
    if status == 429:
        return "too many requests (429); try again later"
    said = " ".join((error.server_message or str(error)).split())[:200]
    return f"{said} ({status}); try again later"
