# AWS application load balancer. When no target is healthy it sends traffic to all of them.
resource "aws_lb_target_group" "orders" {
  name     = "orders"
  port     = 8080
  protocol = "HTTP"
  vpc_id   = var.vpc_id

  # At least the delay of draining, so that no request meets a closed listener.
  deregistration_delay = 10

  health_check {
    path                = "/health/ready"
    matcher             = "200"
    interval            = 5
    timeout             = 3
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}
