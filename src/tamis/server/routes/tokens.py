"""API tokens on the wire."""

from fastapi import APIRouter

from tamis.model.noun import Page
from tamis.model.token import Token, TokenCreate, TokenCreated
from tamis.server.deps import After, Limit, PathId, StoreDep
from tamis.server.needs import needs
from tamis.services import tokens

router = APIRouter(prefix="/api/tokens", tags=["tokens"])


@router.get("")
@needs("admin")
def list_tokens(store: StoreDep, after: After = None, limit: Limit = 100) -> Page[Token]:
    """List the tokens, newest first, with those that are revoked."""
    return tokens.list_page(store, after, limit)


@router.post("", status_code=201)
@needs("admin")
def create_token(body: TokenCreate, store: StoreDep) -> TokenCreated:
    """Make a token. Its secret is in this answer and nowhere else."""
    return tokens.create(store, body)


@router.delete("/{token_id}", status_code=204)
@needs("admin")
def revoke_token(token_id: PathId, store: StoreDep) -> None:
    """Close a token for good."""
    tokens.revoke(store, token_id)
